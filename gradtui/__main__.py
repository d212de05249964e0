"""`python -m gradtui` is the command gradtui."""

from gradtui.commands.main import main

main(prog_name="gradtui")
