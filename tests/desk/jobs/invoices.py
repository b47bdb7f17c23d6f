"""Small files of invoices to take in, and how many of their facts a lake holds."""

from typing import Final

from xiaowei.desk.home import Home

ROWS: Final = 20
_HEAD: Final = "企业代号,发票号码,开票日期,购方单位代号,金额,税额,价税合计,发票状态\n"


def invoices(number: int) -> bytes:
    """Return a file of 20 invoices that no other number's has."""
    lines = [
        f"E{row % 5},{number * 100 + row},2025-03-04,B1,100.00,13.00,113.00,有效发票\n"
        for row in range(ROWS)
    ]
    return (_HEAD + "".join(lines)).encode()


def held(home: Home) -> list[str]:
    """Return the numbers of all invoices in a lake, as often as they are there."""
    if not home.lake.holds("invoices"):
        return []
    rows = home.lake.facts("invoices").select("invoice_no").to_pyarrow()
    return sorted(str(one) for one in rows.column(0).to_pylist())
