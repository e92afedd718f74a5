"""The blueprint that the addresses of the money are hung on."""

from flask import Blueprint

funds = Blueprint("funds", __name__, template_folder="templates")
