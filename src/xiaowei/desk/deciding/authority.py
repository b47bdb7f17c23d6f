"""How much one person may approve 审批权限: by how far his leave to decide reaches."""

from datetime import date
from typing import Final

from xiaowei.desk.home import Home, book_of
from xiaowei.errors import ConflictError
from xiaowei.money import FEN_PER_YUAN, Fen, yuan_text
from xiaowei.policy.access.actor import Reach


class AboveAuthorityError(ConflictError):
    """Somebody would approve more than one person of his reach may."""

    status = 403

    def __init__(self, number: int, amount_fen: Fen, most_fen: Fen) -> None:
        """Name the application and both amounts."""
        super().__init__(
            f"{yuan_text(amount_fen)} of application {number} are above your authority "
            f"of {yuan_text(most_fen)} 超出审批权限",
            expected="an amount within it, or somebody whose leave reaches further",
            remedy="Approve less, or release it for somebody of wider reach",
        )


_NUMBERS: Final = {
    "own": "authority_own_yuan",
    "branch": "authority_branch_yuan",
    "region": "authority_region_yuan",
    "all": "authority_all_yuan",
}


def authority(home: Home, reach: Reach | None, *, on: date) -> Fen | None:
    """Return how much whoever decides referrals may approve alone.

    Args:
        home: the workspace.
        reach: of the leave; null where nobody has an account yet, so that nobody has a
            reach.
        on: the day.

    Returns:
        fen; null for no limit.
    """
    if reach is None:
        return None
    # Read anew: a service opens its home once, and an authority may be cut meanwhile.
    return int(book_of(home.root).number(_NUMBERS[reach], on=on)) * FEN_PER_YUAN
