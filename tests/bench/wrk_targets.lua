-- Asks for the addresses in the file $TARGETS in a random order, as Gmail's image proxy would.
local targets = {}
for line in io.lines(os.getenv("TARGETS")) do
  targets[#targets + 1] = line
end
math.randomseed(os.time())

local headers = { ["User-Agent"] = os.getenv("AGENT"), ["X-Forwarded-For"] = "66.249.84.1" }

function request()
  return wrk.format("GET", targets[math.random(#targets)], headers)
end
