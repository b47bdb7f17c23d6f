"""Invoices in; trade among enterprises, its circles, and who belongs together, out."""
