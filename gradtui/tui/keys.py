"""Every key in one table: bindings, footer, help and palette are made from it."""

from __future__ import annotations

from itertools import chain

from gradtui.tui.key import Key
from gradtui.worker.phase import ACTIVE, Phase
from gradtui.worker.session import Session


def _toggle_words(session: Session) -> str:
    if session.onward is not None:
        return "Train on"
    if session.stale or session.phase not in ACTIVE:
        return "Run"
    return {Phase.PAUSED: "Resume", Phase.RUNNING: "Pause"}.get(session.phase, "Wait")


GLOBAL = (
    Key("app.help", "question_mark,f1", "help", "Help", "What the screen shows, and every key.", "Show help"),
    Key("app.palette", "ctrl+p", "palette", "Palette", "Find any command by its words."),
    Key("app.suspend", "ctrl+z", "suspend_process", "Suspend", "Put gradtui in the background; fg brings it back.", footer=False),
    Key("app.repaint", "ctrl+l", "repaint", "Repaint", "Paint all of the screen anew.", footer=False, priority=True),
    Key("app.quit", "q,ctrl+c", "quit", "Quit", "End the training and leave.", "Quit"),
)

_LOWER = Key(
    "rate.lower", "left_square_bracket", "rate(-1)", "Lower rate", "A learning rate of about half.",
    "Lower the learning rate", footer=False,
)  # fmt: skip
LAB = (
    Key("run.toggle", "space", "steer('train')", "Run", "Run or pause, always.", "Run or pause", words_now=_toggle_words),
    Key("run.step", "s", "steer('step', 1)", "Step", "Train one step and wait.", "Train one step"),
    Key("run.steps", "S", "steer('step', 10)", "Ten", "Train ten steps and wait.", "Train ten steps", footer=False),
    Key(
        "run.rewind", "r", "steer('rewind')", "Rewind", "Back to step 0 with the same weights.", "Rewind to step 0",
        applies=lambda session: session.phase is not Phase.READY,
    ),
    Key(
        "fix.try", "f", "steer('fix')", "Fix", "Try what would mend the worst finding, beside this run.", "Try one",
        applies=lambda session: bool(session.fixes),
    ),
    Key(
        "fix.keep", "a", "steer('keep')", "Keep", "Stay with the fixed run and forget the one before.", "Keep the fixed run",
        applies=lambda session: session.before is not None,
    ),
    Key(
        "fix.discard", "x", "steer('discard')", "Discard", "Drop the fixed run and show the one before.", "Discard the fixed run",
        applies=lambda session: session.before is not None,
    ),
    Key(
        "run.pin", "P", "steer('pin')", "Pin", "Pin the run: later ones are drawn over it until it is let go.", "Pin, or let go",
        footer=False,
    ),
    Key(
        "experiment.undo", "u", "steer('undo')", "Undo", "Take back the last change of the experiment.", "Undo the last change",
        applies=lambda session: bool(session.moments),
    ),
    _LOWER,
    Key(
        "rate.higher", "right_square_bracket", "rate(1)", "Rate", "A learning rate of about twice as much.",
        "Raise the learning rate", pair=_LOWER,
    ),
    Key(
        "rate.much_lower", "left_curly_bracket", "rate(-1, True)", "Tenth", "A tenth of the learning rate.",
        "Divide by ten", footer=False,
    ),
    Key(
        "rate.much_higher", "right_curly_bracket", "rate(1, True)", "Tenfold", "Ten times the learning rate.",
        "Multiply by ten", footer=False,
    ),
    Key("gradients.quantity", "g", "quantity(1)", "Quantity", "Draw the next quantity by layer.", "Draw the next quantity"),
    Key("gradients.quantity_back", "G", "quantity(-1)", "Back", "Draw the quantity before.", "Draw the one before", footer=False),
    Key(
        "loss.scale", "y", "scale", "Scale", "The loss on the axis that suits it, a logarithmic or a linear one.", "Switch the axis"
    ),
    Key("presets.open", "p", "app.show('presets')", "Presets", "Choose another experiment.", "Open the list"),
    Key(
        "presets.elsewhere", "o", "app.show('address')", "Path", "Open an address on another machine, a path or a folder.",
        "Open an address or a path", late=True,
    ),
    Key("runs.open", "R", "app.show('runs')", "Runs", "The runs that were recorded.", "Open the list", late=True),
    Key("race.start", "c", "app.study('race')", "Race", "Race optimizers and rates.", "Race optimizers and rates"),
    Key("rate.find", "F", "app.study('rate')", "Find rate", "Try many learning rates.", "Find a learning rate", footer=False),
    Key(
        "cause.ask", "D", "app.study('why')", "Why", "Find the setting that keeps the run from learning: each suspect alone.",
        "Find the setting that keeps the run from learning", footer=False,
    ),
    Key(
        "lessons.open", "e", "app.show('lessons')", "Explain", "What can go wrong and what to choose, with this run's numbers.",
        "Open",
    ),
    Key("others.open", "t", "app.show('others')", "Others", "What published tools would say of this run.", "Compare", late=True),
    Key(
        "presets.save", "w", "app.show('save')", "Save", "Save the experiment as a preset.", "Save the experiment as a preset",
        late=True,
    ),
    Key("panel.network", "1", "jump('network')", "Network", "Go to the network's form.", "Go to network", footer=False),
    Key("panel.optimizer", "2", "jump('optimizer')", "Optimizer", "Go to the optimizer's form.", "Go to optimizer", footer=False),
    Key("panel.task", "3", "jump('task')", "Task", "Go to the form of task and run.", "Go to task and run", footer=False),
    Key("panel.gradients", "4", "jump('gradients')", "Gradients", "Go to the bars by layer.", "Go to gradients", footer=False),
    Key("panel.loss", "5", "jump('loss')", "Loss", "Go to the loss.", "Go to loss", footer=False),
    Key("panel.heatmap", "6", "jump('heatmap')", "Over time", "Go to the heat map over time.", "Go to heat map", footer=False),
    Key("panel.notes", "7", "jump('notes')", "Notes", "Go to the notes.", "Go to notes", footer=False),
    Key("panel.left", "left,h", "side('form')", "Left", "From the plots back to the form.", footer=False),
    Key("panel.right", "right,l", "side('plots')", "Right", "From the form to the plots.", footer=False),
    Key("panel.picture", "W", "app.show('picture')", "Picture", "The panel as an SVG file and as text.", "Write", footer=False),
    Key("panel.zoom", "z", "zoom", "Zoom", "Give the panel in focus the room of all, or take it back.", "Zoom", late=True),
)  # fmt: skip

_SMALLER = Key("form.smaller", "left_square_bracket", "nudge(-1)", "Less", "A smaller value, or the choice before.", footer=False)
FORM = (
    Key("form.up", "up,k", "move(-1)", "Up", "The value above; at the top, the panel above.", footer=False),
    Key("form.down", "down,j", "move(1)", "Down", "The value below; at the bottom, the panel below.", footer=False),
    Key("form.first", "home", "move(-999)", "First", "The first value of the panel.", footer=False),
    Key("form.last", "end", "move(999)", "Last", "The last value of the panel.", footer=False),
    Key("form.edit", "enter", "edit", "Edit", "Type a value, or choose one from a list."),
    _SMALLER,
    Key("form.larger", "right_square_bracket", "nudge(1)", "Adjust", "A larger value, or the next choice.", pair=_SMALLER),
    Key("form.much_smaller", "left_curly_bracket", "nudge(-1, True)", "Far less", "A tenth, or ten steps less.", footer=False),
    Key("form.much_larger", "right_curly_bracket", "nudge(1, True)", "Far more", "Ten times as much, or ten more.", footer=False),
)  # fmt: skip


def _scrolling(further: str) -> tuple[Key, ...]:
    """The keys of a longer text, where `further` takes it a screenful down."""
    return (
        Key("page.up", "up,k", "scroll_up", "Up", "A line up.", footer=False),
        Key("page.down", "down,j", "scroll_down", "Down", "A line down.", footer=False),
        Key("page.back_up", "b,pageup", "turn(-1)", "Back up", "A screenful up.", footer=False),
        Key("page.further", further, "turn(1)", "Further", "A screenful down.", footer=False),
        Key("page.first", "home", "scroll_home", "Top", "To the top.", footer=False),
        Key("page.last", "end", "scroll_end", "Bottom", "To the bottom.", footer=False),
    )


PAGE = _scrolling("space,pagedown")

NOTES = (
    *_scrolling("pagedown"),
    Key("notes.all", "enter", "screen.zoom", "All", "All of the notes, in the room of all panels, or back."),
)

HELP = (
    Key("help.search", "slash", "search", "Search", "Leave only the lines that hold the words typed.", priority=True),
    Key("help.back", "escape,q,question_mark,f1", "back", "Back", "Leave the search, or the help."),
)

_BEFORE = Key("replay.before", "left", "screen.replay('turn', -1)", "Before", "The frame before, in every panel.", footer=False)
_FINDING = Key(
    "replay.finding_before", "N", "screen.replay('find', -1)", "Before", "To where a finding began or ended before.", footer=False
)
REPLAY = (
    _BEFORE,
    Key("replay.after", "right", "screen.replay('turn', 1)", "Time", "The frame after, in every panel.", pair=_BEFORE),
    Key("replay.far_before", "pageup", "screen.replay('turn', -10)", "Far back", "Ten frames back.", footer=False),
    Key("replay.far_after", "pagedown", "screen.replay('turn', 10)", "Far on", "Ten frames on.", footer=False),
    Key("replay.first", "home", "screen.replay('turn', -999999)", "First", "The first frame.", footer=False),
    Key("replay.last", "end", "screen.replay('leave')", "Now", "The run as it is now.", footer=False),
    _FINDING,
    Key("replay.finding", "n", "screen.replay('find', 1)", "Findings", "To where a finding begins or ends next.", pair=_FINDING),
)

STRIP = Key("strip.open", "enter", "screen.jump('network')", "Change", "Open the forms over the screen.")

BACK = Key("app.back", "escape", "back", "Back", "Close what is open over the Lab.", footer=True)

LIST = (
    Key("list.up", "up,k", "cursor_up", "Up", "The line above.", footer=False),
    Key("list.down", "down,j", "cursor_down", "Down", "The line below.", footer=False),
    Key("list.first", "home", "first", "First", "The first line.", footer=False),
    Key("list.last", "end", "last", "Last", "The last line.", footer=False),
    Key("list.take", "enter", "select", "Take", "Take what is marked; a letter goes to a line that it begins."),
)

SEARCH = (
    Key("search.up", "up", "mark(-1)", "Up", "The line above, of those that are found.", footer=False),
    Key("search.down", "down", "mark(1)", "Down", "The line below, of those that are found.", footer=False),
    Key("search.page_up", "pageup", "page(-1)", "Page up", "A screenful of lines up.", footer=False),
    Key("search.page_down", "pagedown", "page(1)", "Page down", "A screenful of lines down.", footer=False),
)

TABLE = (
    Key("table.up", "up,k", "mark(-1)", "Up", "The row above.", footer=False),
    Key("table.down", "down,j", "mark(1)", "Down", "The row below.", footer=False),
    Key("table.page_up", "pageup", "mark(-10)", "Page up", "Ten rows up.", footer=False),
    Key("table.page_down", "pagedown", "mark(10)", "Page down", "Ten rows down.", footer=False),
    Key("table.first", "home", "mark(-9999)", "First", "The first row.", footer=False),
    Key("table.last", "end", "mark(9999)", "Last", "The last row.", footer=False),
)

RACE = (
    Key("race.open", "enter", "open", "Open", "Open what is marked in the Lab, as it was trained."),
    Key("race.take", "a", "take", "Take", "Take its values into the Lab's experiment."),
    Key("race.drop", "x", "drop", "Drop", "Train what is marked no further; the others go on."),
    Key("race.points", "v", "turn", "Points", "The table of entrants, or of every point that was tried."),
    Key("race.export", "w", "export", "Export", "Write table, plan and pictures to files."),
    Key("race.end", "E", "end", "End", "End the race; what is done stays on the screen.", footer=False),
    Key("race.back", "escape", "back", "Back", "Back to the Lab; the race goes on."),
)

RATE = (
    Key("rate.take", "enter,a", "take", "Take", "Take the rate that is suggested."),
    Key("rate.back", "escape", "back", "Back", "Leave the rate as it is."),
)

BROWSE = (
    Key("browse.filter", "slash", "filter", "Filter", "Type words that the name, title or text must hold.", priority=True),
    Key("browse.further", "space,pagedown", "turn(1)", "Further", "The text beside the list, a screenful down."),
    Key("browse.back_up", "b,pageup", "turn(-1)", "Back up", "The text beside the list, a screenful up.", footer=False),
    Key("browse.page", "tab", "app.focus_next", "Text", "From the list to the text, and back.", footer=False),
)

PRESETS = (
    Key("presets.take", "enter", "choose", "Open", "Take what is marked into the Lab."),
    Key("presets.back", "escape", "back", "Back", "Leave the filter, or the presets without a change."),
    Key("presets.compare", "c", "compare", "Compare", "Compare the others with this one; again to stop."),
    Key("list.elsewhere", "o", "app.show('address')", "Path", "Open an address on another machine, a path or a folder."),
)

RUNS = (
    Key("runs.take", "enter", "choose", "Open", "Open the run in the Lab, as it was."),
    Key("runs.back", "escape", "back", "Back", "Leave the filter, or the runs."),
    Key("runs.sort", "s", "sort", "Sort", "The newest first, or by loss, validation, steps or title."),
    Key("runs.mark", "c", "mark", "Mark", "Mark the run to compare it with others; again to stop."),
    Key("runs.compare", "v", "compare", "Compare", "Show the marked runs side by side."),
    Key("runs.name", "n", "write('name')", "Name", "Call the run something else."),
    Key("runs.tags", "t", "write('tags')", "Tags", "Write tags on it; it is never pruned then."),
    Key("runs.note", "m", "write('note')", "Note", "Write a note on it.", footer=False),
    Key("runs.delete", "x", "delete", "Delete", "Delete the run."),
    Key("runs.undo", "u", "undo", "Undo", "Bring the run back that was deleted last.", footer=False),
)

WHY = (
    Key("why.try", "enter", "choose", "Try", "Try what is marked beside the run."),
    Key("why.back", "escape", "back", "Back", "Leave the experiment as it is; the search ends."),
)

COMPARE = (
    Key("compare.turn", "v", "turn", "Validation", "The validation loss, or the training loss."),
    Key("compare.back", "escape", "back", "Back", "Back to the list of runs."),
)

ERRAND = (
    Key("errand.again", "enter", "again", "Try again", "Try once more what failed."),
    Key("errand.terminal", "t", "terminal", "Connect in the terminal", "Let ssh ask there what it has to, then try once more."),
    Key("errand.back", "escape", "back", "Back", "Cancel what is under way, or leave what failed."),
)

CONFIRM = (
    Key("confirm.take", "enter", "take", "Open", "Take it into the Lab."),
    Key("confirm.back", "escape", "back", "Back", "Leave it."),
)

LEAVING = (
    Key("leaving.quit", "q,enter,ctrl+c", "leave", "Quit", "End the run and leave."),
    Key("leaving.stay", "escape", "back", "Stay", "Go on."),
)

LESSONS = (
    Key("lessons.try", "enter", "choose", "Try it", "Open the preset that shows it happen."),
    Key("lessons.study", "c", "study", "Study", "Answer the page's question by experiment: race, or find a rate."),
    Key("lessons.fix", "f", "fix", "Fix", "Try what would mend the finding of the page."),
    Key("lessons.back", "escape", "back", "Back", "Leave the filter, or the lessons."),
)

TOGETHER = (
    (*LAB, BACK, *GLOBAL),
    (*FORM, BACK, *GLOBAL),
    (*NOTES, BACK, *GLOBAL),
    (*REPLAY, BACK, *GLOBAL),
    (STRIP, BACK, *GLOBAL),
    (*PRESETS, *BROWSE, *GLOBAL),
    (*LESSONS, *BROWSE, *GLOBAL),
    (*RUNS, *BROWSE, *GLOBAL),
    (*COMPARE, *PAGE, *GLOBAL),
    (*HELP, *PAGE),
    (*RACE, *TABLE, *GLOBAL),
    (*RATE, *GLOBAL),
    (*WHY, *GLOBAL),
    (*ERRAND, *PAGE),
    (*CONFIRM, *PAGE),
    (*LEAVING, *PAGE),
    LIST,
    SEARCH,
)
"""The keys that apply at the same time, of which no two may be one."""

BY_ID: dict[str, Key] = {}
"""Every key that can be chosen anew; of those with one id, the first."""
for _key in chain(*TOGETHER):
    BY_ID.setdefault(_key.id, _key)


def spoken(id_: str) -> str:
    """A key as a sentence names it: Space, u, ^p."""
    return BY_ID[id_].spoken
