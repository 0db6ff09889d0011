"""How long the everyday commands take."""
