"""Lists of people as Excel or CSV: read by header in any order, shown in a preview that names each cell at fault."""

from meetbot.files.people.preview import Preview, forms
from meetbot.files.people.sheets import read
from meetbot.files.people.table import Sheet, one_row
from meetbot.files.people.template import template

__all__ = ["Preview", "Sheet", "forms", "one_row", "read", "template"]
