"""Changes what a series is about, and ends it, for those who lead. Of two at once, the second is told."""

from dataclasses import replace

from bot.accountability.knowing import Acquaintances
from bot.accountability.series import later, presenting
from bot.accountability.series.finding import Finder, Held, at_once, person_problem
from bot.accountability.series.later import Event
from bot.accountability.series.merging import marks_of, merged
from bot.accountability.series.typed import Problems
from bot.accountability.series.views import EventView, ManageForm
from bot.accountability.sessions.series_store import SeriesStore
from bot.accountability.sessions.session import About, about_problems, change
from bot.clock import Clock
from bot.errors import Refusal
from bot.keys import WorkspaceKey
from bot.scheduler.store import saving

TRIES = 3  # of one who keeps being overtaken

SAVED = "Saved. Whoever leads or is to sponsor it from now on is told."
UNCHANGED = "Nothing was changed."
BUSY = "Others are changing this series at this moment. Look at how it stands now, and press it again."


class Changing:
    """Each change is saved with what is planned because of it, or not at all."""

    def __init__(self, series: SeriesStore, finder: Finder, acquaintances: Acquaintances, clock: Clock) -> None:
        self._series = series
        self._finder = finder
        self._acquaintances = acquaintances
        self._clock = clock

    def form(
        self,
        key: WorkspaceKey,
        user_id: str,
        series_id: str,
        typed: About | None = None,
        marks: str = "",
        note: str = "",
    ) -> ManageForm:
        """What may be changed. `typed` stands in a form that was opened with the values of these marks."""
        held = self._finder.led(key, user_id, series_id)
        return self._form(key, held, typed, marks, note)

    def problems(self, key: WorkspaceKey, user_id: str, series_id: str, typed: About) -> Problems:
        """What has to change before it can be saved: a sentence by the field. Who is there already may stay."""
        of, found = self._finder.led(key, user_id, series_id).of, about_problems(typed)
        questions = {
            "facilitator": lambda: self._person_problem(key, typed.facilitator, of.facilitator, "lead"),
            "sponsor": lambda: self._person_problem(key, typed.sponsor, of.sponsor, "sponsor"),
        }
        answers = zip(questions, at_once(*questions.values()), strict=True)
        return {field: sentence for field, sentence in answers if sentence} | found

    def _person_problem(self, key: WorkspaceKey, wanted: str, now: str, deed: str) -> str:
        return "" if wanted in {"", now} else person_problem(self._acquaintances, key, wanted, deed)

    def change(self, key: WorkspaceKey, user_id: str, series_id: str, typed: About, marks: str) -> ManageForm:
        """Save it and show how it stands; or say what others changed meanwhile, with what was typed."""
        for _ in range(TRIES):
            held, now = self._finder.led(key, user_id, series_id), self._clock()
            found = merged(typed, held.of.about, marks)
            if typed == held.of.about:  # by this very form, if it was submitted twice
                return self._form(key, held, None, "", SAVED if found.changed_by_others else UNCHANGED)
            if found.changed_by_others:
                return self._form(key, held, typed, marks, "")
            changed = change(held.of, typed, user_id)
            before = (held.of.facilitator, held.of.sponsor)
            changes = later.on_new_people(changed, before, now, user_id)
            if self._series.save(key, changed, also=saving(key, changes)):
                return self._form(key, replace(held, of=changed), None, "", SAVED)
        raise Refusal(BUSY)

    def _form(self, key: WorkspaceKey, held: Held, typed: About | None, marks: str, note: str) -> ManageForm:
        now, current = self._clock(), held.of.about
        found = merged(typed, current, marks) if typed else None
        return presenting.manage_form(
            held.of,
            held.times,
            self._finder.skipped(key, held, now),
            now,
            typed=found.about if found else current,
            changed=found.changed_by_others if found else (),
            marks=marks_of(current),
            note=note,
        )

    def end(self, key: WorkspaceKey, user_id: str, series_id: str) -> EventView:
        """No session comes after it. Once more does nothing, and says the same."""
        of, now = self._finder.series(key, series_id), self._clock()
        if of.is_running or not self._finder.leads(key, of, user_id):
            led = self._finder.led(key, user_id, series_id)
            self._series.end(key, series_id, now, also=saving(key, later.on_end(led.of, led.times, now)))
        held = self._finder.held(key, self._finder.series(key, series_id))
        return presenting.event(Event.ENDED, presenting.card(held.of, held.times, now), held.times)
