"""The blueprint that the modules of this package add their routes to."""

from flask import Blueprint, Response

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.after_request
def name_no_type_of_nothing(response: Response) -> Response:
    """An answer without a body has no type: Flask would call it HTML."""
    if not response.is_streamed and not response.get_data():
        response.headers.pop("Content-Type", None)
    return response
