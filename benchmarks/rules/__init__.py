"""How reliable the rules are: labelled runs, what gradtui and published tools say of them, and what the fixes cure."""
