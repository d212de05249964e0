"""`python -m gradtui.engine`: the backend process."""

from gradtui.engine.backend import main

main()
