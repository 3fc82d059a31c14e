# The fiber language's front end. It depends on nothing of OpenCL and on nothing of lib/.
