"""`python -m gradtui.backend`: the backend process."""

from gradtui.backend.serving import main

main()
