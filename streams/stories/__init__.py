"""What many articles tell together: each story once, updated as reports come in. Pure; no broker."""
