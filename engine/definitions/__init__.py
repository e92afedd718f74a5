"""Process definitions: from files to what can be deployed.

``folder`` makes bundles of folders and uploads, ``gate`` checks them, ``scenarios`` plays them.
"""

from engine.definitions.gate import Gate, check_bundle
from engine.definitions.known import Known, OperationInterface

__all__ = ["Gate", "Known", "OperationInterface", "check_bundle"]
