-- Answers to questions.

-- Looks at the pool without changing it.
function read(question)
  local other = load_counters()
  if other then
    return {OTHER_SCHEMA, other}
  end
  return question()
end

function recent_reports(limit)
  local reply, number = {0}, pool.reports_made
  while number >= pool.oldest_report and #reply <= limit do
    local record = call('HGET', REPORT, pack('>I8', number))
    if clock >= after(parse('>I8', record, 9), report_window_ms()) then
      break
    end
    reply[#reply + 1] = record
    number = number - 1
  end
  return reply
end
