module example.com/cloudcircuit

go 1.19
