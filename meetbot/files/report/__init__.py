"""The attendance report as people take it away: Excel workbook, CSV, PDF. Made from its document alone."""
