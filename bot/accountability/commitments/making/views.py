"""What each template of making a commitment may see."""

from dataclasses import dataclass

from bot.accountability.commitments.shown import Shown


@dataclass(frozen=True)
class CommitForm:
    """Asks who does what by when, with all that is known filled in; `problem` is what about it has to change."""

    draft_id: str
    owner: str
    what: str
    when: str
    link: str = ""
    channel_id: str = ""
    statement: str = ""
    problem: str = ""
    template: str = "accountability/commitments/commit_form.json.j2"


@dataclass(frozen=True)
class Echo:
    """What is about to be saved, in words. `due` is the date with its weekday and zone."""

    draft_id: str
    owner: str
    maker: str
    what: str
    due: str
    link: str = ""
    channel_id: str = ""
    statement: str = ""


@dataclass(frozen=True)
class EchoView:
    """Said back in a message, with the buttons to save, change or cancel it."""

    echo: Echo
    template: str = "accountability/commitments/echo.json.j2"


@dataclass(frozen=True)
class CommitConfirmation:
    """The same in a modal."""

    echo: Echo
    template: str = "accountability/commitments/commit_confirmation.json.j2"


@dataclass(frozen=True)
class Reading:
    """One of the dates that may be meant."""

    draft_id: str
    words: str


@dataclass(frozen=True)
class QuestionView:
    """Asks which of two dates is meant."""

    echo: Echo
    when: str
    readings: tuple[Reading, ...]
    template: str = "accountability/commitments/question.json.j2"


@dataclass(frozen=True)
class UnsavedView:
    """Says that nothing is saved, and why the form is the place to go on."""

    draft_id: str
    sentence: str
    template: str = "accountability/commitments/unsaved.json.j2"


@dataclass(frozen=True)
class SavedView:
    """Said to whoever made it, in a message."""

    commitment: Shown
    maker: str
    template: str = "accountability/commitments/saved.json.j2"


@dataclass(frozen=True)
class SavedModal:
    """The same in a modal."""

    commitment: Shown
    maker: str
    template: str = "accountability/commitments/saved_modal.json.j2"
