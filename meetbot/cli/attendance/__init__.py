"""`meetbot attendance`: one module for each of its commands."""
