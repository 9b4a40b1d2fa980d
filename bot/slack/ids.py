"""Every id that Slack sends back to us, in one place."""

COMMAND = "/cco"

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
