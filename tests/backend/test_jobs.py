"""Due work: every due time once, whoever works, whatever the clock does."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.jobs import queue, work
from backend.jobs.models import Run, Schedule
from backend.jobs.occurrences import BadCalendar, occurrences
from backend.jobs.queue import Fence, TakenOver

VN = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=VN)


def calls(monkeypatch: pytest.MonkeyPatch, settings: Any, function: Any) -> None:
    """Let the handler "test" be that function."""
    monkeypatch.setattr("tests.backend.test_jobs.handler", function, raising=False)
    settings.JOB_HANDLERS = {"test": "tests.backend.test_jobs.handler"}


def schedule(**fields: Any) -> Schedule:
    values = {"code": "weekly", "name": "Giao ban", "handler": "test", "cron": "30 7 * * mon"}
    return queue.put_schedule(**(values | {"at": MONDAY - timedelta(hours=1)} | fields))


def due_times(**filters: Any) -> list[datetime]:
    runs = Run.objects.filter(**filters).order_by("due_at")
    return [run.due_at.astimezone(VN) for run in runs]


class TestCalendar:
    def test_monday_is_monday_in_vietnam(self) -> None:
        sunday_noon_utc = datetime(2026, 11, 22, 12, tzinfo=UTC)
        first, second = islice(
            occurrences("30 7 * * mon", "Asia/Ho_Chi_Minh", after=sunday_noon_utc), 2
        )
        assert first == MONDAY
        assert second == MONDAY + timedelta(days=7)
        assert first.astimezone(UTC).hour == 0, "07:30 in Vietnam is 00:30 UTC"

    def test_moment_itself_is_not_after_itself(self) -> None:
        (following,) = islice(occurrences("30 7 * * mon", "Asia/Ho_Chi_Minh", after=MONDAY), 1)
        assert following == MONDAY + timedelta(days=7)

    @pytest.mark.parametrize(
        "cron", ["30 6 * * 1", "30 6 * *", "", "61 6 * * mon", "x y z * mon", "30 6 * * mon,3"]
    )
    def test_calendar_that_may_mean_another_day_is_refused(self, cron: str) -> None:
        with pytest.raises(BadCalendar):
            next(occurrences(cron, "Asia/Ho_Chi_Minh", after=MONDAY))

    def test_unknown_zone_is_refused(self) -> None:
        with pytest.raises(BadCalendar):
            next(occurrences("0 0 * * *", "Asia/Nowhere", after=MONDAY))


@pytest.mark.django_db
class TestMaterialise:
    def test_next_five_runs_are_rows(self) -> None:
        schedule()
        queue.materialise(at=MONDAY - timedelta(hours=1))
        assert due_times() == [MONDAY + timedelta(weeks=week) for week in range(5)]

    def test_two_schedulers_again_and_again_make_each_run_once(self) -> None:
        schedule()
        for minute in range(120):
            queue.materialise(at=MONDAY - timedelta(hours=1) + timedelta(minutes=minute))
        assert due_times() == [MONDAY + timedelta(weeks=week) for week in range(6)]

    def test_clock_that_jumps_ahead_and_back_makes_no_run_twice(self) -> None:
        schedule(cron="*/10 * * * *")
        for hours in (0, 2, 0, -1, 0, 3):
            queue.materialise(at=MONDAY + timedelta(hours=hours))
        times = due_times()
        assert len(times) == len(set(times))
        steps = {later - earlier for earlier, later in pairwise(times)}
        assert steps == {timedelta(minutes=10)}, "no gap"

    def test_all_missed_runs_are_kept_when_the_schedule_says_so(self) -> None:
        schedule(catch_up="all")
        queue.materialise(at=MONDAY + timedelta(weeks=3))
        assert due_times(state="due", due_at__lte=MONDAY + timedelta(weeks=3)) == [
            MONDAY + timedelta(weeks=week) for week in range(4)
        ]

    def test_only_the_latest_missed_run_is_kept_and_the_others_are_recorded(self) -> None:
        schedule(catch_up="latest")
        queue.materialise(at=MONDAY + timedelta(weeks=3))
        assert due_times(state="coalesced") == [MONDAY + timedelta(weeks=w) for w in range(3)]
        assert due_times(state="due")[0] == MONDAY + timedelta(weeks=3)

    def test_long_backlog_takes_several_rounds_and_loses_none(self) -> None:
        schedule(cron="* * * * *", catch_up="all")
        at = MONDAY + timedelta(minutes=1200)
        for _ in range(4):
            queue.materialise(at=at)
        first = MONDAY - timedelta(hours=1) + timedelta(minutes=1)
        assert due_times(due_at__lte=at) == [first + timedelta(minutes=n) for n in range(1260)]

    def test_changed_schedule_replaces_its_coming_runs_only(self) -> None:
        schedule()
        queue.materialise(at=MONDAY + timedelta(minutes=1))
        schedule(cron="0 9 * * tue", at=MONDAY + timedelta(minutes=2))
        queue.materialise(at=MONDAY + timedelta(minutes=2))
        tuesday = MONDAY.replace(hour=9, minute=0) + timedelta(days=1)
        assert due_times() == [MONDAY] + [tuesday + timedelta(weeks=week) for week in range(5)]

    def test_putting_the_same_schedule_again_forgets_nothing_missed(self) -> None:
        schedule()
        schedule(at=MONDAY + timedelta(days=1))
        queue.materialise(at=MONDAY + timedelta(days=1))
        assert due_times()[0] == MONDAY

    def test_disabled_schedule_makes_no_runs(self) -> None:
        schedule(enabled=False)
        assert queue.materialise(at=MONDAY) == 0
        assert due_times() == []

    def test_one_broken_schedule_stops_no_other(self) -> None:
        schedule(code="broken")
        Schedule.objects.filter(code="broken").update(cron="30 6 * * 1")
        schedule(code="sound")
        queue.materialise(at=MONDAY)
        assert due_times(schedule__code="sound")[0] == MONDAY
        assert due_times(schedule__code="broken") == []


@pytest.mark.django_db
class TestClaim:
    def test_run_is_taken_when_due_and_by_one_worker(self) -> None:
        queue.enqueue(handler="test", payload={}, due_at=MONDAY)
        assert queue.claim(worker="a", at=MONDAY - timedelta(seconds=1)) is None
        taken = queue.claim(worker="a", at=MONDAY)
        assert taken is not None
        assert (taken.state, taken.claimed_by, taken.attempt) == ("doing", "a", 1)
        assert queue.claim(worker="b", at=MONDAY) is None

    @pytest.mark.parametrize(("minutes", "late"), [(0, False), (1, False), (2, True)])
    def test_late_run_runs_and_says_so(self, minutes: int, late: bool) -> None:
        queue.enqueue(handler="test", payload={}, due_at=MONDAY)
        run = queue.claim(worker="a", at=MONDAY + timedelta(minutes=minutes))
        assert run is not None
        assert run.late is late

    def test_run_of_a_dead_worker_goes_to_another_after_its_lease(self) -> None:
        queue.enqueue(handler="test", payload={}, due_at=MONDAY)
        first = queue.claim(worker="a", at=MONDAY)
        assert queue.claim(worker="b", at=MONDAY + timedelta(seconds=29)) is None
        second = queue.claim(worker="b", at=MONDAY + timedelta(seconds=31))
        assert first is not None
        assert second is not None
        assert (second.pk, second.attempt) == (first.pk, 2)

    def test_woken_worker_can_neither_finish_nor_renew_nor_fail(self) -> None:
        queue.enqueue(handler="test", payload={}, due_at=MONDAY)
        first = queue.claim(worker="a", at=MONDAY)
        second = queue.claim(worker="b", at=MONDAY + timedelta(minutes=1))
        assert first is not None
        assert second is not None
        old, new = Fence(first.pk, first.attempt), Fence(second.pk, second.attempt)

        with pytest.raises(TakenOver):
            old.finish()
        assert old.renew() is False
        queue.fail(old, error="too late to matter", at=MONDAY)
        second.refresh_from_db()
        assert (second.state, second.error) == ("doing", "")

        new.finish()
        second.refresh_from_db()
        assert second.state == "done"
        with pytest.raises(TakenOver):
            new.finish()

    def test_failed_run_waits_longer_each_time_then_is_given_up(self) -> None:
        queue.enqueue(handler="test", payload={}, due_at=MONDAY)
        at, waits = MONDAY, []
        while run := queue.claim(worker="a", at=at):
            queue.fail(Fence(run.pk, run.attempt), error="no", at=at)
            run.refresh_from_db()
            if run.state == "failed":
                break
            waits.append(int((run.runnable_at - at).total_seconds()))
            at = run.runnable_at
        assert waits == [10, 20, 40, 80, 160, 320, 640, 900, 900]
        assert Run.objects.get().state == "failed"

    def test_run_that_kills_every_worker_is_given_up(self) -> None:
        queue.enqueue(handler="poison", payload={}, due_at=MONDAY)
        at = MONDAY
        for _ in range(queue.MAX_ATTEMPTS):
            assert queue.claim(worker="a", at=at) is not None
            at += timedelta(minutes=1)
        queue.enqueue(handler="test", payload={}, due_at=at)
        sound = queue.claim(worker="a", at=at)
        assert sound is not None
        assert sound.handler == "test"
        assert Run.objects.get(handler="poison").state == "failed"


@pytest.mark.django_db(transaction=True)
class TestWork:
    def test_due_run_is_done_once(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        seen: list[dict[str, Any]] = []
        calls(monkeypatch, settings, lambda run, *, fence: seen.append(run.payload))
        queue.enqueue(handler="test", payload={"n": 1}, due_at=queue.database_now())

        assert work.work_off(worker="a") == 1
        assert work.work_off(worker="b") == 0
        assert seen == [{"n": 1}]
        assert Run.objects.get().state == "done"

    def test_handler_that_fails_is_recorded_and_the_next_run_goes_on(
        self, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        def handler(run: Run, *, fence: Fence) -> None:
            if run.payload["n"] == 1:
                raise ValueError("no numbers")

        calls(monkeypatch, settings, handler)
        at = queue.database_now()
        for number in (1, 2):
            queue.enqueue(handler="test", payload={"n": number}, due_at=at)

        assert work.work_off(worker="a") == 2
        bad, good = Run.objects.order_by("pk")
        assert (bad.state, bad.error) == ("due", "ValueError: no numbers")
        assert bad.runnable_at > at
        assert good.state == "done"

    def test_unknown_handler_is_a_failure_of_that_run_alone(self, settings: Any) -> None:
        settings.JOB_HANDLERS = {}
        queue.enqueue(handler="gone", payload={}, due_at=queue.database_now())
        work.work_off(worker="a")
        assert "gone" in Run.objects.get().error

    def test_effect_of_a_worker_that_was_overtaken_is_rolled_back(
        self, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        from django.db import transaction

        def slow(run: Run, *, fence: Fence) -> None:
            Run.objects.filter(pk=run.pk).update(attempt=run.attempt + 1)  # another one took it
            with transaction.atomic():
                schedule(code="effect")
                fence.finish()

        calls(monkeypatch, settings, slow)
        queue.enqueue(handler="test", payload={}, due_at=queue.database_now())
        work.work_off(worker="a")
        assert not Schedule.objects.filter(code="effect").exists()
        assert Run.objects.get().state == "doing"

    def test_long_work_keeps_its_lease(
        self, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        import threading

        settings.JOB_LEASE_SECONDS = 1
        pause = threading.Event()
        calls(monkeypatch, settings, lambda run, *, fence: pause.wait(2.5))
        queue.enqueue(handler="test", payload={}, due_at=queue.database_now())
        others: list[Run | None] = []
        claimed = queue.claim(worker="a", at=queue.database_now())
        assert claimed is not None

        def intrude() -> None:
            from django.db import connection

            pause.wait(2)
            others.append(queue.claim(worker="b", at=queue.database_now()))
            connection.close()

        thief = threading.Thread(target=intrude)
        thief.start()
        work.do(claimed)
        thief.join()
        assert others == [None]
        assert Run.objects.get().state == "done"
