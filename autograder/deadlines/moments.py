"""Points in time as instructors write and read them. Inside, a moment is an aware `datetime`."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from autograder.errors import CourseError

# The last second of a day: a date without a time is due then.
END_OF_DAY = time(23, 59, 59)

_UNITS = (("day", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone `name`, as in "Europe/Berlin" or "UTC". Raises CourseError if there is none."""
    try:
        if "/" not in name and name != "UTC":  # "EST" would be a zone without summer time
            raise ZoneInfoNotFoundError
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CourseError(
            f"{name!r} is not a time zone; write one such as Europe/Berlin or America/New_York."
        ) from None


def parse_moment(text: str, zone: tzinfo) -> datetime:
    """Return the moment that `text` names, in ISO form with or without offset; without one it is a time in `zone`.

    A date alone is the last second of that day. Raises CourseError where `text` is no date, or the clocks of `zone`
    skip the time or show it twice.
    """
    words = text.split()
    zone_here = zone
    if len(words) > 1 and words[-1][:1].isalpha():
        zone_here = zone_of(words.pop())
    plain = " ".join(words)
    try:
        moment = datetime.fromisoformat(plain)
        if len(plain) <= len("2026-11-01"):
            moment = datetime.combine(moment.date(), END_OF_DAY)
    except ValueError:
        raise CourseError(
            f"{text!r} is not a date; write it as 2026-11-01, 2026-11-01 23:59 or 2026-11-01T23:59+01:00."
        ) from None
    return in_zone(moment, zone_here)


def in_zone(moment: datetime | date, zone: tzinfo) -> datetime:
    """Return `moment` with a zone: a time without one is in `zone`, and a date is its last second.

    Raises CourseError where the clocks of `zone` skip the time or show it twice.
    """
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, END_OF_DAY)
    if moment.tzinfo is not None:
        return moment.astimezone(zone)
    early, late = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if early.utcoffset() == late.utcoffset():
        return early
    exists = early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == moment
    what = "is shown twice on the clocks" if exists else "does not exist on the clocks"
    raise CourseError(
        f"{moment:%Y-%m-%d %H:%M} {what} of {zone}, which change that night; write it with its offset from UTC, as in "
        f"{early.isoformat(timespec='minutes')}."
    )


def show(moment: datetime, zone: tzinfo) -> str:
    """Return "2026-11-01 23:59 CET", the moment in `zone`; seconds only where there are any."""
    here = moment.astimezone(zone)
    clock = "%H:%M:%S" if here.second else "%H:%M"
    name = here.tzname() or ""
    return f"{here:%Y-%m-%d {clock}} {name if name[:1].isalpha() else f'UTC{here:%z}'}"


def show_fully(moment: datetime, zone: tzinfo) -> str:
    """Return "Sunday, 2026-11-01 23:59 CET (22:59 UTC)", to say back what was understood."""
    here, utc = moment.astimezone(zone), moment.astimezone(UTC)
    day = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[here.weekday()]
    if not here.utcoffset():
        return f"{day}, {show(moment, zone)}"
    clock = "%H:%M:%S" if utc.second else "%H:%M"
    day_in_utc = "" if utc.date() == here.date() else f"{utc:%Y-%m-%d} "
    return f"{day}, {show(moment, zone)} ({day_in_utc}{utc:{clock}} UTC)"


def duration(seconds: float) -> str:
    """Return a duration in its two largest units, rounded down: "3 h 5 min", "2 days 1 h"; below 1 s, "1 s"."""
    left, parts = max(int(seconds), 1), []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count} {unit}{'s' if unit == 'day' and count > 1 else ''}")
        if parts and (len(parts) == 2 or not count):
            break
    return " ".join(parts)


def seconds_between(earlier: datetime, later: datetime) -> Decimal:
    """Return the seconds from `earlier` to `later`, exactly; negative if `later` is the earlier one."""
    return Decimal((later - earlier) // timedelta(microseconds=1)) / 1_000_000
