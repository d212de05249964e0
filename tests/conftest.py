from hypothesis import settings

settings.register_profile("gradtui", deadline=None)
settings.load_profile("gradtui")
