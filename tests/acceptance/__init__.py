"""Questions of residents with what the reply must and must not hold; see ``run.py``."""
