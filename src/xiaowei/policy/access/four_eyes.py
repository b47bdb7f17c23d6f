"""Four eyes 双人复核: whoever made something is never the one who approves it.

There is no setting, no role and no rank that lifts this, and no argument either.
"""

from xiaowei.errors import ConflictError
from xiaowei.policy.access.actor import Actor, Hand


class SamePersonError(ConflictError):
    """Whoever made something would also approve it."""

    def __init__(self, maker: Hand, checker: Hand) -> None:
        """Name both accounts and what ties them."""
        super().__init__(
            f"what '{maker.login}' made cannot be approved by '{checker.login}': "
            + _tie(maker, checker),
            expected="two persons, neither of whom acts for the other",
            remedy="Ask another person who may approve it",
        )


def second_person(maker: Hand | Actor, checker: Hand | Actor) -> None:
    """Refuse a checker who is the maker, or whose hand may be the maker's.

    Persons are compared, not accounts: two accounts of one employee are one person. A
    delegate is taken for everybody whom he may act for, at the making and at the
    checking alike.

    Args:
        maker: who made it, as kept when it was made.
        checker: who would approve it now.

    Raises:
        SamePersonError: they are not two persons.
    """
    made = maker.hand if isinstance(maker, Actor) else maker
    checked = checker.hand if isinstance(checker, Actor) else checker
    if made.login == checked.login or made.persons & checked.persons:
        raise SamePersonError(made, checked)


def _tie(maker: Hand, checker: Hand) -> str:
    if maker.login == checker.login:
        return "it is the same account"
    if maker.person == checker.person:
        return "both are accounts of one employee"
    if maker.person in checker.acts_for:
        return f"'{checker.login}' may act for '{maker.login}'"
    if checker.person in maker.acts_for:
        return f"'{maker.login}' could act for '{checker.login}' when it was made"
    return "both may act for the same person"
