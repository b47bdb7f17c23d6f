"""Verbs about access: `users ...` and `access review|matrix|keyring`.

Passwords and tokens are asked for, or read from standard input one a line; they are
never arguments, which any process of the machine can see.
"""

import sys
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from xiaowei.desk import clock
from xiaowei.desk.access.house import house_of
from xiaowei.desk.access.letting_in import (
    Newcomer,
    activate,
    begin_set_up,
    change_password,
    first_administrator,
)
from xiaowei.desk.access.review import matrix as matrix_of
from xiaowei.desk.access.review import reach_said, review_one
from xiaowei.desk.access.review import review as review_of
from xiaowei.desk.access.staff import (
    CHANGE,
    add_user,
    disable_user,
    give_role,
    renew_token,
    take_role,
)
from xiaowei.desk.home import open_home
from xiaowei.desk.sealing import CipherName, new_keyring
from xiaowei.errors import InputError
from xiaowei.policy.access.actor import REACHES, ROLES, Reach, RoleName
from xiaowei.surfaces.output import UnwritableError, show_rows
from xiaowei.surfaces.proving import leave_of, secret
from xiaowei.surfaces.terminal import ERR, OUT, JsonFlag, say, say_json

_HERE: Final = "terminal"
_OWNER_ONLY: Final = 0o600

Login = Annotated[str, typer.Argument(help="The account, e.g. zhang.wei.")]
By = Annotated[str, typer.Option("--as", help="The administrator who does it.")]
Named = Annotated[str, typer.Option(help="Of the person.")]
Employee = Annotated[str, typer.Option(help="Number in the bank's staff register.")]
Branch = Annotated[str, typer.Option(help="机构 of the person.")]
Region = Annotated[str, typer.Option(help="Of the branch.")]

users = typer.Typer(help="Users and their roles 用户与角色.", no_args_is_help=True)
access = typer.Typer(help="Who can see and do what 权限.", no_args_is_help=True)


class NoRoleError(InputError):
    """What was stated is no role, or no reach of one."""

    def __init__(self, stated: str) -> None:
        """Name it."""
        super().__init__(
            f"'{stated[:60]}' is no role",
            expected=f"ROLE or ROLE:REACH, of {', '.join(ROLES)} and "
            + ", ".join(REACHES),
            remedy="Correct it",
        )


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs of this file to a command line."""
    app.add_typer(users, name="users")
    app.add_typer(access, name="access")


@users.command()
def setup(context: typer.Context) -> None:
    """Print a single-use token that makes the first administrator."""
    with open_home(context.obj) as home:
        token = begin_set_up(house_of(home), at=clock.moment())
    ERR.print("good once and for a day; 'xiaowei users first' asks for it")
    say(token)


@users.command()
def first(
    context: typer.Context,
    login: Login,
    name: Named,
    employee: Employee,
    branch: Branch = "",
    region: Region = "",
) -> None:
    """Make the first administrator; asks for the token of `setup` and a password."""
    newcomer = Newcomer(
        login=login, name=name, person=employee, branch=branch, region=region
    )
    with open_home(context.obj) as home:
        token, password = secret("set-up token"), _new_password()
        first_administrator(
            house_of(home), token, newcomer, password, at=clock.moment()
        )
    ERR.print(f"'{newcomer.as_plain()['login']}' is an administrator")


@users.command()
def add(
    context: typer.Context,
    login: Login,
    name: Named,
    employee: Employee,
    by: By,
    branch: Branch = "",
    region: Region = "",
    role: Annotated[list[str] | None, typer.Option(help="ROLE or ROLE:REACH.")] = None,
) -> None:
    """Add a user and print the token with which the user sets a password."""
    newcomer = Newcomer(
        login=login, name=name, person=employee, branch=branch, region=region
    )
    roles = [_role(stated) for stated in role or ()]
    with open_home(context.obj) as home:
        house = house_of(home)
        leave = leave_of(house, by, CHANGE)
        # Said at once: should a role be refused, the account is there all the same.
        say(add_user(house, leave, newcomer, at=clock.moment()))
        for one, reach in roles:
            give_role(house, leave, login, one, reach=reach, at=clock.moment())
    ERR.print("for the user alone: 'xiaowei users password LOGIN --token' asks for it")


@users.command("list")
def list_(context: typer.Context, json: JsonFlag = False) -> None:
    """List users with their roles."""
    rows = _review(context)["accounts"]
    if json:
        say_json([{key: v for key, v in row.items() if key != "may"} for row in rows])
        return
    shown = [
        {
            "login": row["login"],
            "name": row["name"],
            "person": row["person"],
            "branch": row["branch"] or None,
            "region": row["region"] or None,
            "roles": " ".join(f"{one}:{far}" for one, far in row["roles"].items()),
            "last_in": row["last_in"],
            "closed": row["disabled_at"],
        }
        for row in rows
    ]
    show_rows(shown, console=OUT, json=False)


@users.command()
def roles(
    context: typer.Context,
    login: Login,
    give: Annotated[list[str] | None, typer.Option(help="ROLE or ROLE:REACH.")] = None,
    take: Annotated[list[str] | None, typer.Option(help="ROLE.")] = None,
    by: By = "",
) -> None:
    """Give and take roles; without either, list them."""
    given = [_role(stated) for stated in give or ()]
    taken = [_role(stated)[0] for stated in take or ()]
    if given or taken:
        if not by:
            raise typer.BadParameter("--as names the administrator who does it")
        with open_home(context.obj) as home:
            house = house_of(home)
            leave = leave_of(house, by, CHANGE)
            for one in taken:
                take_role(house, leave, login, one, at=clock.moment())
            for one, reach in given:
                give_role(house, leave, login, one, reach=reach, at=clock.moment())
    with open_home(context.obj) as home:
        told = review_one(house_of(home), login, on=clock.today())
    for one, reach in told["roles"].items():
        say(f"{one}: {reach_said(reach)}")


@users.command()
def disable(
    context: typer.Context,
    login: Login,
    because: Annotated[str, typer.Option(help="Why.")],
    by: By,
) -> None:
    """Close an account: its sessions end and its password is dropped."""
    with open_home(context.obj) as home:
        house = house_of(home)
        leave = leave_of(house, by, CHANGE)
        disable_user(house, leave, login, why=because, at=clock.moment())
    ERR.print(f"'{login}' is closed")


@users.command()
def renew(context: typer.Context, login: Login, by: By) -> None:
    """Print a new token for a user, whose password is dropped; opens a closed one."""
    with open_home(context.obj) as home:
        house = house_of(home)
        token = renew_token(
            house, leave_of(house, by, CHANGE), login, at=clock.moment()
        )
    ERR.print("for the user alone: 'xiaowei users password LOGIN --token' asks for it")
    say(token)


@users.command()
def password(
    context: typer.Context,
    login: Login,
    token: Annotated[bool, typer.Option("--token", help="By a token.")] = False,
) -> None:
    """Set one's own password, by the present one or by a token."""
    with open_home(context.obj) as home:
        house = house_of(home)
        if token:
            stated, new = secret("token"), _new_password()
            login = activate(house, stated, new, at=clock.moment())
        else:
            old, new = secret("present password"), _new_password()
            change_password(house, login, old, new, at=clock.moment(), address=_HERE)
    ERR.print(f"the password of '{login}' is set; its sessions have ended")


@access.command()
def review(context: typer.Context, json: JsonFlag = False) -> None:
    """Say who can see and do what, and what to look at twice."""
    told = _review(context)
    if json:
        say_json(told)
        return
    for one in told["accounts"]:
        say(f"{one['login']} {one['name']} ({one['person']})")
        if one["disabled_at"]:
            say(f"  closed {one['disabled_at']} 已停用")
        for note in one["notes"]:
            say(f"  ! {note['zh']} {note['en']}")
        for operation, reach in one["may"].items():
            say(f"  {operation}: {reach_said(reach)}")


@access.command()
def matrix(context: typer.Context, json: JsonFlag = False) -> None:
    """Show what each role may do, and how far it sees unless given otherwise."""
    with open_home(context.obj) as home:
        rows = matrix_of(house_of(home).permissions)
    show_rows(rows, console=OUT, json=json)


@access.command()
def keyring(
    file: Annotated[Path, typer.Argument(help="Where; it is not to be there yet.")],
    key: Annotated[str, typer.Option(help="Id of its key, e.g. the month.")],
    cipher: Annotated[CipherName, typer.Option()] = "aes-256-gcm",
) -> None:
    """Write a keyring with one new key, which only its owner may read."""
    try:
        file.touch(mode=_OWNER_ONLY, exist_ok=False)
        file.write_text(new_keyring(key, cipher=cipher), encoding="utf-8")
    except OSError as error:
        raise UnwritableError(file, error.strerror or str(error)) from error
    ERR.print(f"keep a copy of {file} apart from the backups: both together open all")


def _review(context: typer.Context) -> dict[str, Any]:
    with open_home(context.obj) as home:
        return review_of(house_of(home), on=clock.today())


def _new_password() -> str:
    new = secret("new password")
    if sys.stdin.isatty() and secret("once more") != new:
        raise typer.BadParameter("the two are not the same")
    return new


def _role(stated: str) -> tuple[RoleName, Reach | None]:
    name, _, far = stated.partition(":")
    role = next((one for one in ROLES if one == name), None)
    reach = next((one for one in REACHES if one == far), None)
    if role is None or (far and reach is None):
        raise NoRoleError(stated)
    return role, reach
