"""`python -m gradtui` is the command gradtui."""

from gradtui.cli import main

main(prog_name="gradtui")
