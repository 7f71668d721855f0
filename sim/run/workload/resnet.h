// Residual networks for images (He et al. 2015) with batch normalisation and 1000 classes, as torchvision
// builds them: of bottleneck blocks the 3x3 convolution has the stride (v1.5), or the 1x1 in front of it, as
// first published (v1).
//
// Forward multiply-accumulates at 224 pixels, per image: 1 814 073 344 (ResNet-18), 4 089 184 256 (ResNet-50
// v1.5), 3 857 973 248 (ResNet-50 v1).
#pragma once

#include "sim/run/workload/training_tape.h"
#include "sim/run/workload/workload_shape.h"

namespace lnsim {

void write_resnet18(const WorkloadShape& shape, TrainingTape& tape);
void write_resnet50(const WorkloadShape& shape, TrainingTape& tape);
void write_resnet50_v1(const WorkloadShape& shape, TrainingTape& tape);

}  // namespace lnsim
