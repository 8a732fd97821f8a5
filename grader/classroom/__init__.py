"""How submissions arrive: zips and folders of a class, whose each one is, and the roster."""
