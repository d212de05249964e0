"""How bash, zsh and fish ask for completions and take them.

Click's own scripts set a blank behind every word and, in bash, do not know that `key=value` is one word. An item of the type `part`
is the beginning of a word, behind which the person goes on.
"""

from __future__ import annotations

import os
from typing import Any

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

_BASH = r"""
%(complete_func)s() {
    local IFS=$'\n' kind word
    while IFS=, read -r kind word; do
        case $kind in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            part) compopt -o nospace; COMPREPLY+=("$word") ;;
            plain) COMPREPLY+=("$word") ;;
        esac
    done <<< "$(COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_CWORD="$2" %(complete_var)s=bash_complete "$1" 2>/dev/null)"
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = r"""#compdef %(prog_name)s
%(complete_func)s() {
    local -a plain part response
    local kind word help asked=zsh_complete
    response=("${(@f)$(COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) %(complete_var)s=$asked %(prog_name)s 2>/dev/null)}")
    for kind word help in $response; do
        [[ $help == _ ]] && help=
        case $kind in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            part) part+=("$word:$help") ;;
            plain) plain+=("$word:$help") ;;
        esac
    done
    (( $#plain )) && _describe -V unsorted plain -U
    (( $#part )) && _describe -V unsorted part -U -S ''
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""

_FISH = r"""
function %(complete_func)s
    set -l asked COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t)
    for item in (env %(complete_var)s=fish_complete $asked %(prog_name)s 2>/dev/null)
        set -l parts (string split --max 1 , -- $item)
        switch $parts[1]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
            case plain part
                echo $parts[2]
        end
    end
end
complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class _Whole(ShellComplete):
    """A shell to which an option and its value, joined by `=`, are one word."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """What click offers for the value, behind the option."""
        option, equals, _ = incomplete.partition("=")
        joined = option + equals if equals and option.startswith("-") else ""
        found = super().get_completions(args, incomplete)
        return [
            CompletionItem(joined + item.value, item.type, item.help) if item.type in ("plain", "part") else item for item in found
        ]


class Bash(_Whole, BashComplete):
    """Bash, which breaks words at `=` and `:` too and replaces only what stands behind the last of them."""

    source_template = _BASH
    kept = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words as the program would get them; what stands before the part that bash replaces is kept from what is offered."""
        line, replaced = os.environ["COMP_WORDS"], os.environ["COMP_CWORD"]
        words = split_arg_string(line)
        incomplete = "" if not words or line[-1].isspace() else words.pop()
        self.kept = incomplete[: len(incomplete) - len(replaced)] if incomplete.endswith(replaced) else ""
        return words[1:], incomplete

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """One line for bash."""
        return f"{item.type},{item.value.removeprefix(self.kept)}"


class Zsh(_Whole, ZshComplete):
    """Zsh."""

    source_template = _ZSH


class Fish(_Whole, FishComplete):
    """Fish."""

    source_template = _FISH


def teach() -> None:
    """Let click write these scripts and answer them."""
    for shell in (Bash, Zsh, Fish):
        add_completion_class(shell)
