"""The published API: ``/api/v1``, to the letter of its OpenAPI document."""
