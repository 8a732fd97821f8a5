"""A notebook from its first cell to its last, in a kernel of its own. The file is not written to."""

import copy
import sys
import warnings
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from traitlets import default

PROVISIONER = "backprop-warm"
CELL_SECONDS = 600


class OwnKernel(KernelSpecManager):
    """One kernel whatever the notebook names: that of this Python."""

    provisioner = PROVISIONER

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """See `KernelSpecManager`."""
        return KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python",
            language="python",
            metadata={"kernel_provisioner": {"provisioner_name": self.provisioner}} if self.provisioner else {},
        )


class OrdinaryKernel(OwnKernel):
    """The same, started as Jupyter starts kernels."""

    provisioner = ""


class WarmKernels(AsyncKernelManager):
    """Starts the kernel of this Python from a warm process."""

    @default("kernel_spec_manager")
    def _own(self) -> KernelSpecManager:
        return OwnKernel()


class OrdinaryKernels(AsyncKernelManager):
    """Starts the kernel of this Python as Jupyter does."""

    @default("kernel_spec_manager")
    def _own(self) -> KernelSpecManager:
        return OrdinaryKernel()


def execute_file(file: Path, *, warm: bool = True) -> tuple[Any, str]:
    """Execute the notebook of a file where it is; see `execute`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notebook = nbformat.read(file, as_version=4)  # type: ignore[no-untyped-call]
    return execute(notebook, file.resolve().parent, warm=warm)


def execute(notebook: Any, folder: Path, *, warm: bool = True, cell_seconds: int = CELL_SECONDS) -> tuple[Any, str]:
    """Execute a copy of a notebook; a cell that fails shows its error, and the next one runs.

    Args:
        notebook: as nbformat reads it.
        folder: where it runs.
        warm: fork the kernel from a warm process.
        cell_seconds: what a cell may take.

    Returns:
        The copy with its outputs, and a sentence where it could not be executed to its end.
    """
    copied = copy.deepcopy(notebook)
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        copied,
        kernel_name="python3",
        kernel_manager_class=WarmKernels if warm else OrdinaryKernels,
        timeout=cell_seconds,
        allow_errors=True,
        resources=resources,
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            client.execute()
    except CellTimeoutError:
        return copied, f"It was stopped at a cell that took more than {cell_seconds} s."
    except DeadKernelError:
        return copied, "The kernel died before the last cell had run."
    return copied, ""
