-- Mailboxes: a commit is published once to each mailbox that it has something for, numbered
-- within the mailbox.

-- The mailbox of a node, or false.
function mailbox_of(node)
  local channel = channels[node]
  if channel == nil then
    channel = call('HGET', MAILBOX, node)
    channels[node] = channel
  end
  return channel
end

-- The caller reads the mail of this node from now on, if its mailbox is one.
function register(node)
  if registers == 1 and mailbox_of(node) ~= mailbox and call('HEXISTS', SENT, mailbox) == 1 then
    call('HSET', MAILBOX, node, mailbox)
    channels[node] = mailbox
  end
end

-- Publishes the facts of this command. Returns the number of the last batch to the caller's
-- mailbox, or -1 if there is no such mailbox.
function publish()
  local batches, order = {}, {}
  for i = 1, #mail do
    local channel = mailbox_of(nodes[i])
    if channel then
      local batch = batches[channel]
      if not batch then
        batch = {''}
        batches[channel], order[#order + 1] = batch, channel
      end
      batch[#batch + 1] = pack('>I4', #mail[i]) .. mail[i]
    end
  end
  local last
  for _, channel in ipairs(order) do
    local batch, number = batches[channel], call('HINCRBY', SENT, channel, 1)
    batch[1] = pack('>I8', number)
    call(sharded == 1 and 'SPUBLISH' or 'PUBLISH', channel, table.concat(batch))
    if channel == mailbox then
      last = number
    end
  end
  return last or tonumber(mailbox ~= '' and call('HGET', SENT, mailbox) or -1)
end
