"""What happened in the county, as far as anyone could have written it down."""

from dataclasses import dataclass

import numpy as np

from xiaowei.simulate.arrays import Floats, Ints
from xiaowei.simulate.credit import CreditRecords, credit_records
from xiaowei.simulate.economy import Life, live
from xiaowei.simulate.electricity import burnt, power_of, readings
from xiaowei.simulate.tickets import OUTSIDE, Tickets
from xiaowei.simulate.world import World


@dataclass(frozen=True, slots=True)
class Readings:
    """What the meters said, one place per reading, meter by meter.

    Args:
        day: by number.
        meter: its place.
        hundredths: of a kWh.
    """

    day: Ints
    meter: Ints
    hundredths: Ints


@dataclass(frozen=True, slots=True)
class County:
    """A county and what it lived through.

    Args:
        world: as it stood before its first day.
        life: what happened day by day, warm-up included.
        tickets: invoices from the first day delivered on, in order of time.
        power: kWh of every firm, read by the bank or not; one row per day.
        readings: of the meters that are read, from the first day delivered on.
        credit: the bank's own records.
    """

    world: World
    life: Life
    tickets: Tickets
    power: Floats
    readings: Readings
    credit: CreditRecords

    @property
    def first_month(self) -> int:
        """Return the number of the first month delivered."""
        return int(self.world.days.month[self.world.first_day])

    def months(self) -> list[str]:
        """Return the name of every month, warm-up included, e.g. 2025-06."""
        days = self.world.days
        starts = [days.month_start(month) for month in range(days.months)]
        return [days.date_of(day).isoformat()[:7] for day in starts]

    def burnt(self) -> Floats:
        """Return what firms burn, one row per day: little where one has closed."""
        return burnt(self.power, active=self.life.active)


def _burned(world: World, life: Life) -> Floats:
    """Return sales per day for whose sake meters run though nothing is made."""
    shown = np.zeros_like(life.produced)
    burners = world.frauds.is_kind("fake_sales_powered")
    staged = life.tickets.where(life.tickets.staged & (life.tickets.seller != OUTSIDE))
    staged = staged.where(burners[staged.seller])
    days = world.days
    lengths = np.bincount(days.month, minlength=days.months)
    monthly = np.zeros((days.months, world.firms.count))
    np.add.at(monthly, (days.month[staged.day], staged.seller), staged.net)
    shown += (monthly / lengths[:, None])[days.month]
    return shown


def told(world: World, *, rng: np.random.Generator) -> County:
    """Let a county live and write down what happened.

    Args:
        world: as it stands before its first day.
        rng: where chance comes from.
    """
    of_life, of_power, of_meters, of_bank = rng.spawn(4)
    life = live(world, rng=of_life)
    days, first_day = world.days, world.first_day
    power = power_of(
        world.firms,
        produced=life.produced,
        work=life.market.work,
        burned=_burned(world, life),
        warmth=world.climate.warmth,
        rng=of_power,
    )
    day, meter, hundredths = readings(
        world.meters,
        burnt(power, active=life.active)[first_day:],
        active=life.active[first_day:],
        rng=of_meters,
    )
    tickets = life.tickets.where(life.tickets.day >= first_day)
    order = np.lexsort((tickets.buyer, tickets.seller, tickets.day))
    return County(
        world=world,
        life=life,
        tickets=tickets.where(order),
        power=power,
        readings=Readings(day + first_day, meter, hundredths),
        credit=credit_records(
            world.loans,
            defaulted_on=life.treasury.defaulted_on,
            first_day=first_day,
            last_day=days.count,
            rng=of_bank,
        ),
    )
