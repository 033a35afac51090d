"""The button Submit in JupyterLab's Assignment List: where nothing was handed in, its dialog says why in sentences.

nbgrader's own sends the whole stack trace, which the dialog shows.
"""

from __future__ import annotations

from typing import Any

from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeError, ExchangeFactory
from nbgrader.server_extensions.assignment_list.handlers import AssignmentActionHandler, AssignmentList


class CourseAssignmentList(AssignmentList):
    """Hands in as nbgrader does."""

    def submit_assignment(self, course_id: str, assignment_id: str) -> dict[str, Any]:
        """Return {"success": True}, or with False as "value" what the student is told; it raises nothing."""
        with self.get_assignment_dir_config():
            config = self.load_config()
            config.CourseDirectory.course_id, config.CourseDirectory.assignment_id = course_id, assignment_id
            course, who = CourseDirectory(config=config), Authenticator(config=config)
            try:
                ExchangeFactory(config=config).Submit(coursedir=course, authenticator=who, config=config).start()
            except ExchangeError as error:  # the log has it: whoever raises it has written it there
                return {"success": False, "value": str(error).strip()}
            except Exception as error:
                self.log.exception("%s was not handed in.", assignment_id)
                return {
                    "success": False,
                    "value": f"Nothing was handed in: {error}.\nShow your instructor the log of JupyterLab.",
                }
        return {"success": True}


class SubmitHandler(AssignmentActionHandler):
    """Answers the button Submit."""

    @property
    def manager(self) -> CourseAssignmentList:
        """The list with nbgrader's own settings, which it has by the time that somebody submits."""
        settings = super().manager
        ours = CourseAssignmentList(parent=settings.parent)
        ours.root_dir = settings.root_dir
        return ours
