"""Every id that Slack sends back to us, in one place."""

COMMAND = "/cco"

# Shortcuts
RUN_CHECK = "run_check"
RUN_CHECK_HERE = "run_check_here"  # from a message: in its thread

# Buttons. Values are a card's or a question's id, never state.
OPEN_CARD = "open_card"  # related, suggested and starting questions; value: card id
MORE_DETAIL = "more_detail"  # value: card id
ASK_FOLLOW_UP = "ask_follow_up"  # value: question id
SHARE = "share_answer"  # value: question id
DONT_KEEP = "dont_keep"  # value: question id
FEEDBACK = "answer_feedback"  # value: up or down, a colon, the question id

# Modals
FOLLOW_UP_FORM = "follow_up_form"
FEEDBACK_FORM = "feedback_form"

# Inputs in them: block id, then action id
FOLLOW_UP_TEXT = "follow_up_text"
FEEDBACK_REASON = "feedback_reason"
FEEDBACK_COMMENT = "feedback_comment"
FEEDBACK_KEEP = "feedback_keep"
INPUT = "input"

# Message metadata, by which our own posts are recognised after an unknown outcome
ANSWER_EVENT = "cco_answer"
ROUND_EVENT = "cco_round"
ACCOUNTABILITY_EVENT = "cco_accountability"

# The readiness check. A button's value is a round's id if nothing else is said.
VOTE = "vote"  # one a possible answer, numbered; value: views.vote_value
VOTE_ALL = "vote_all"
MY_ANSWERS = "my_answers"
MANAGE_ROUND = "manage_round"
CLOSE_ROUND = "close_round"
CANCEL_ROUND = "cancel_round"
STOP_CHASING = "stop_chasing"
START_REALITY_CHECK = "start_reality_check"
SHOW_RESULTS = "show_results"
SEND_FILES = "send_files"
SHOW_NAMES = "show_names"  # who said what, in a round with names
NAMES_PAGE = "names_page"  # numbered; value: a round's id, a colon, the page
SKIP_REPEAT = "skip_repeat"  # value: the repeat's id, a slash, which start of it
STOP_REPEAT = "stop_repeat"  # value: the repeat's id
SET_UP_CHECK = "set_up_check"  # value: the channel's id

# Its modals; private metadata is a round's id, or that of what is about to be started
START_FORM = "start_form"
START_CONFIRMATION = "start_confirmation"
VOTE_FORM = "vote_form"
MANAGE_FORM = "manage_form"

# Inputs in them
START_CHECK = "start_check"
START_CHANNEL = "start_channel"
START_AUDIENCE = "start_audience"  # everybody or chosen
START_PEOPLE = "start_people"
START_DEADLINE = "start_deadline"
START_ANONYMITY = "start_anonymity"  # anonymous or named
START_SHOWN = "start_shown"  # close or live
START_SMALLEST = "start_smallest"
START_CO_FACILITATOR = "start_co_facilitator"
START_REPEAT = "start_repeat"
VOTE_STATEMENT = "vote_statement"  # one a statement; a colon and the statement's id follow
MANAGE_DEADLINE = "manage_deadline"
MANAGE_STARTER = "manage_starter"
MANAGE_CO_FACILITATOR = "manage_co_facilitator"

# Accountability. What ends in _FORM or _CONFIRMATION is a modal, what begins with IN_ an input in one, what ends in
# _SHORTCUT a shortcut; all else is a button, whose value is an opaque id.

# The first year. Values are the channel's id if nothing else is said.
YEAR_ONE_STEP = "year_one_step"
YEAR_ONE_BEGIN = "year_one_begin"
YEAR_ONE_TAKE_BACK = "year_one_take_back"  # value: the channel's id, a slash and the step's
YEAR_ONE_SHOW = "year_one_show"
YEAR_ONE_STEP_FORM = "year_one_step_form"
YEAR_ONE_BEGIN_FORM = "year_one_begin_form"
IN_YEAR_ONE_STEP = "in_year_one_step"
IN_YEAR_ONE_DAY = "in_year_one_day"
IN_YEAR_ONE_EVIDENCE = "in_year_one_evidence"
IN_YEAR_ONE_BEGUN = "in_year_one_begun"

# Sessions. Values are a session's id if nothing else is said; private metadata as well.
ADD_ITEM = "add_item"
GIVE_UPDATE = "give_update"
SHOW_AGENDA = "show_agenda"
SHOW_SUMMARY = "show_summary"
CLOSE_SESSION = "close_session"
SESSION_MISSED = "session_missed"  # value of the ticks: the session's id, a slash and the item's
SESSION_DISCUSSED = "session_discussed"
SESSION_NOT_TODAY = "session_not_today"
ITEM_FORM = "item_form"
UPDATE_FORM = "update_form"
IN_ITEM_TEXT = "in_item_text"
IN_UPDATE_TEXT = "in_update_text"  # one a commitment; a colon and its id follow

# Commitments. A button's value is a commitment's id if nothing else is said. Where a message has several of a kind,
# a colon and a number follow its id.
COMMITMENT_ACCEPT = "commitment_accept"
COMMITMENT_DECLINE = "commitment_decline"
COMMITMENT_ACCEPT_DATE = "commitment_accept_date"
COMMITMENT_KEEP_DATE = "commitment_keep_date"
COMMITMENT_DONE = "commitment_done"
COMMITMENT_NEW_DATE = "commitment_new_date"  # for whoever is asked: to propose another
COMMITMENT_HAND_OVER = "commitment_hand_over"
COMMITMENT_HELP = "commitment_help"
COMMITMENT_GOT_IT = "commitment_got_it"
COMMITMENT_DROP = "commitment_drop"
COMMITMENT_SNOOZE = "commitment_snooze"
SHOW_COMMITMENT = "show_commitment"

COMMITMENT_DATE_FORM = "commitment_date_form"
COMMITMENT_DATE_CONFIRMATION = "commitment_date_confirmation"
COMMITMENT_HAND_OVER_FORM = "commitment_hand_over_form"
COMMITMENT_REASON_FORM = "commitment_reason_form"
COMMITMENT_HELP_FORM = "commitment_help_form"
IN_COMMITMENT_DATE = "in_commitment_date"
IN_COMMITMENT_PERSON = "in_commitment_person"
IN_COMMITMENT_REASON = "in_commitment_reason"
IN_COMMITMENT_TRIED = "in_commitment_tried"

# Making a commitment. A button's value is that of a draft, see commitments/making/drafts.py.
COMMIT_SHORTCUT = "commit_anywhere"
COMMIT_MESSAGE_SHORTCUT = "commit_message"  # keeps the link to the message
MAKE_COMMITMENT = "make_commitment"  # on the results of a readiness round; value: round id, slash, statement id
COMMIT_SAVE = "commit_save"
COMMIT_CHANGE = "commit_change"
COMMIT_CANCEL = "commit_cancel"
COMMIT_READING = "commit_reading"  # one a date that may be meant, numbered
COMMIT_FORM = "commit_form"
COMMIT_CONFIRMATION = "commit_confirmation"
IN_COMMIT_OWNER = "in_commit_owner"
IN_COMMIT_WHAT = "in_commit_what"
IN_COMMIT_WHEN = "in_commit_when"
IN_COMMIT_LINK = "in_commit_link"
IN_COMMIT_CHANNEL = "in_commit_channel"

# Lists of commitments. The values of both say which list and which page of it, and are no state.
LIST_COMMITMENTS = "list_commitments"  # one's own
LIST_COMMITMENTS_PAGE = "list_commitments_page"  # numbered
LIST_COMMITMENTS_FILTER = "list_commitments_filter"
# Reminders
OPEN_REMINDERS = "open_reminders"
REMINDERS_FORM = "reminders_form"
IN_VOLUME = "in_volume"
IN_PAUSED_UNTIL = "in_paused_until"
IN_QUIET = "in_quiet"
IN_ZONE = "in_zone"
IN_COUNTRY = "in_country"
# Digests; a button's value is the id of the series.
STOP_WEEKLY_DIGEST = "stop_weekly_digest"
STOP_MONTHLY_DIGEST = "stop_monthly_digest"
# Series of sessions. A button's value is the series' id if nothing else is said; “session” is that, a slash and the day
# that the session was first meant for.
SET_UP_SESSIONS_SHORTCUT = "set_up_sessions"
NEW_SERIES = "new_series"  # value: the channel's id
MANAGE_SERIES = "manage_series"
CHANGE_SERIES_TIMES = "change_series_times"
END_SERIES = "end_series"
SKIP_SESSION = "skip_session"  # value: session
MOVE_SESSION = "move_session"  # value: session
BRING_BACK_SESSION = "bring_back_session"  # value: session
SPONSOR_AGREES = "sponsor_agrees"  # on the question itself, which then says so
SPONSOR_NOT_NOW = "sponsor_not_now"
GIVE_AIR_COVER = "give_air_cover"  # on any other message
STOP_AIR_COVER = "stop_air_cover"
SERIES_CALENDAR = "series_calendar"
NEW_CALENDAR_LINK = "new_calendar_link"
REVOKE_CALENDAR_LINK = "revoke_calendar_link"  # value: the digest of the link's token

SERIES_FORM = "series_form"  # private metadata: the channel's id, or nothing where it asks for one
SERIES_CONFIRMATION = "series_confirmation"  # private metadata of all confirmations: a draft's id
MANAGE_SERIES_FORM = "manage_series_form"  # private metadata: the series' id and marks, see merging.py
SERIES_TIMES_FORM = "series_times_form"
SERIES_TIMES_CONFIRMATION = "series_times_confirmation"
MOVE_SESSION_FORM = "move_session_form"
MOVE_SESSION_CONFIRMATION = "move_session_confirmation"
IN_SERIES_CHANNEL = "in_series_channel"
IN_SERIES_NAME = "in_series_name"  # in the form for managing, a colon and the series' version follow each
IN_SERIES_PURPOSE = "in_series_purpose"
IN_SERIES_DAY = "in_series_day"
IN_SERIES_CADENCE = "in_series_cadence"
IN_SERIES_RHYTHM = "in_series_rhythm"
IN_SERIES_TIME = "in_series_time"
IN_SERIES_ZONE = "in_series_zone"
IN_SERIES_MINUTES = "in_series_minutes"
IN_SERIES_FACILITATOR = "in_series_facilitator"
IN_SERIES_SPONSOR = "in_series_sponsor"
IN_SERIES_COUNTRY = "in_series_country"
IN_SERIES_DIGESTS = "in_series_digests"
IN_SESSION_DATE = "in_session_date"
# Air cover. Values are a commitment's id.
CALL_OFF_AIR_COVER = "call_off_air_cover"  # the owner's “I've got it”
AIR_COVER_STEP_IN = "air_cover_step_in"
AIR_COVER_TALK = "air_cover_talk"
AIR_COVER_NOT_NOW = "air_cover_not_now"
AIR_COVER_TALK_FORM = "air_cover_talk_form"
IN_AIR_COVER_NOTE = "in_air_cover_note"
