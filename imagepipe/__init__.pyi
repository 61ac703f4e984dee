from imagepipe.pipeline.build import abuild as abuild
from imagepipe.pipeline.build import build as build
from imagepipe.pipeline.load import load as load
from imagepipe.pipeline.options import BuildOptions as BuildOptions
from imagepipe.pipeline.options import PlanOptions as PlanOptions
from imagepipe.pipeline.planning import plan as plan

__version__: str
