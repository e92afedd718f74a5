"""``bangfu deploy KEY…``: make process folders the newest versions."""

from engine import SYSTEM
from engine.definitions.folder import folder_scenarios, read_folder
from webapp.commands.findings import told as told_finding
from webapp.commands.folders import form_folder, process_folder, refuse_unknown
from webapp.commands.scenarios import covered
from webapp.commands.speaking import DONE, Call, Commands, say
from webapp.opening import opened


def add_to(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add("deploy", "部署流程:processes/KEY 和 forms/KEY", deploy)
    parser.add_argument("keys", nargs="+", metavar="KEY", help="流程编号;一起部署,要么全部成功")


def deploy(call: Call) -> int:
    """Deploy all together or nothing; exit code 1 for errors and scenarios that do not pass."""
    refuse_unknown(process_folder(), call.words.keys)
    files = [
        file
        for key in call.words.keys
        for file in (
            *read_folder(process_folder(), form_folder(), key).files,
            *folder_scenarios(process_folder(), key),
        )
    ]
    with opened(call.settings()) as installation:
        before = {row.id for row in installation.engine.definitions.latest()}
        deployment = installation.engine.definitions.deploy(SYSTEM, files)
    for row in deployment.definitions:
        told = (
            f"没有变化,仍是第 {row.version} 版。"
            if row.id in before
            else f"已部署为第 {row.version} 版。新办件用新版,在办件不变。"
        )
        say(f"{row.key} {row.name}:{told}")
    for record in deployment.scenarios:
        say(f"  {covered(record)}")
    say(*(f"  {told_finding(finding)}" for finding in deployment.findings))
    return DONE
