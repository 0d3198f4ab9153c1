"""The whole face of notices in one place: what is said, sealing and opening, both ways."""

from sharing.notice_message import DONE, TYPE, Notice, NoticeReply, Unanswered
from sharing.notice_opened import OpenedNotice
from sharing.notice_opening import open_notice, open_notice_reply
from sharing.notice_sealing import seal_notice, seal_notice_reply

__all__ = [
    "DONE",
    "TYPE",
    "Notice",
    "NoticeReply",
    "OpenedNotice",
    "Unanswered",
    "open_notice",
    "open_notice_reply",
    "seal_notice",
    "seal_notice_reply",
]
