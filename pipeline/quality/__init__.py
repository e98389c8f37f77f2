"""How good a text is: features and the rules that judge them."""
