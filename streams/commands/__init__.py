"""The commands of ``kabar``, a module each; :mod:`streams.__main__` lists them."""
