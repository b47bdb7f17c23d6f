"""What a customer is told of a decision: outcome, reasons, what would help, rights."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from xiaowei.money import yuan_text
from xiaowei.said import Said, percent

_BY_MACHINE: Final = Said(
    "以上结果由系统自动作出。您有权要求人工复核，也可对所依据的信息提出异议，请联系您的客户经理。",
    "This was decided without a person. You may ask that a person looks at it again, "
    "and object to what was known of you: speak to your relationship manager.",
)
_BY_PERSON: Final = Said(
    "以上结果由审批人员作出。如对所依据的信息有异议，请联系您的客户经理。",
    "This was decided by a person. To object to what was known of you, speak to your "
    "relationship manager.",
)


def letter_of(application: Mapping[str, Any]) -> tuple[Said, ...]:
    """Return the letter about an application, a paragraph each, in both languages.

    Reasons are families that a customer may be told (`policy/reasons`): no limit of the
    bank's, no score, and nobody's words about the firm.

    Args:
        application: as `seeing.application_whole` has it: with `decided` and
            `conclusion`, null where there is none.

    Returns:
        at least the head and where the application stands.
    """
    head = Said(
        f"申请编号 {application['number']}：{application['enterprise_id']}，"
        f"{application['applied_on']} 申请 {yuan_text(application['amount_fen'])} 元，"
        f"{application['months']} 个月。",
        f"Application {application['number']} of {application['enterprise_id']}, "
        f"{application['applied_on']}: CNY {yuan_text(application['amount_fen'])} for "
        f"{application['months']} months.",
    )
    decided, concluded = application.get("decided"), application.get("conclusion")
    if decided is None:
        return head, Said("您的申请正在处理。", "Your application is being worked on.")
    if concluded is not None:
        return (head, *_concluded(concluded, decided), _BY_PERSON)
    if application["state"] not in {"approved", "declined"}:
        return (head, _waits(application))
    return (head, *_decided(decided), _BY_MACHINE)


def _waits(application: Mapping[str, Any]) -> Said:
    due = application.get("due_at")
    until = ("", "") if due is None else (f"，最迟 {due[:10]} 答复", f" by {due[:10]}")
    return Said(
        f"您的申请已转人工审批{until[0]}。",
        f"A person looks at your application and will answer{until[1]}.",
    )


def _decided(decided: Mapping[str, Any]) -> list[Said]:
    loan = decided["loan"]
    if decided["outcome"] == "approve" and loan is not None:
        rate = percent(Decimal(loan["rate"]))
        amount = yuan_text(loan["amount_fen"])
        return [
            Said(
                f"您的申请已通过：{amount} 元，{loan['months']} 个月，年利率 {rate}。",
                f"Your application is approved: CNY {amount} for {loan['months']} "
                f"months at {rate} a year.",
            ),
            *_listed("放款前请提供：", "Before it is paid out:", decided["conditions"]),
        ]
    return [
        Said(
            "很遗憾，您的申请未获通过。", "We are sorry: your application is declined."
        ),
        *_reasons(decided),
    ]


def _concluded(concluded: Mapping[str, Any], decided: Mapping[str, Any]) -> list[Said]:
    if concluded["outcome"] == "approve":
        amount = yuan_text(concluded["limit_fen"])
        return [
            Said(
                f"您的申请经人工审批通过：{amount} 元。",
                f"A person approved your application: CNY {amount}.",
            )
        ]
    return [
        Said(
            "很遗憾，您的申请经人工审批未获通过。",
            "We are sorry: a person looked at your application and declined it.",
        ),
        *_reasons(decided),
    ]


def _reasons(decided: Mapping[str, Any]) -> list[Said]:
    ruling = decided["ruling"]
    return [
        *_listed("主要原因：", "The main reasons:", ruling["reasons"]),
        *_listed("补充下列材料或有帮助：", "What may help:", decided["conditions"]),
    ]


def _listed(zh: str, en: str, told: Sequence[Mapping[str, str]]) -> list[Said]:
    if not told:
        return []
    return [
        Said(
            zh + "、".join(one["zh"] for one in told) + "。",
            f"{en} " + ", ".join(one["en"] for one in told) + ".",
        )
    ]
