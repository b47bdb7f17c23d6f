"""One run as pages, one file and one workbook; what the server shows is made here."""
