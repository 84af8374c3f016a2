"""Facts about what somebody wrote that take work. What follows from them is the rules' business."""
