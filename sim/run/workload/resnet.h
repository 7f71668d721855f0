// Residual networks for images (He et al. 2015) with batch normalisation and 1000 classes, as torchvision
// builds them: of bottleneck blocks the 3x3 convolution has the stride (v1.5).
//
// Forward multiply-accumulates at 224 pixels: 1 814 073 344 (ResNet-18), 4 089 184 256 (ResNet-50) per image.
#pragma once

#include "sim/run/workload/training_tape.h"
#include "sim/run/workload/workload_shape.h"

namespace lnsim {

void write_resnet18(const WorkloadShape& shape, TrainingTape& tape);
void write_resnet50(const WorkloadShape& shape, TrainingTape& tape);

}  // namespace lnsim
