# Reads records from standard input and compares every field with the bits in front of the record.
require "json"

records = fields = 0
$stdin.each_line do |line|
  expected, record = line.chomp.split("\t")
  found = JSON.parse(record).flat_map do |name, value|
    value.is_a?(Hash) ? value.map { |key, inner| ["#{name}.#{key}", inner] } : [[name, value]]
  end.to_h
  names = expected.split(" ").map do |part|
    name, kind, value = part.match(/\A([\w.]+)=(.):(.*)\z/).captures
    fields += 1
    is = found[name]
    same = case kind
           when "d" then is.is_a?(Float) && format("%016x", [is].pack("G").unpack1("Q>")) == value
           when "i" then is.is_a?(Integer) && is.to_s == value
           when "s" then is == value
           when "a" then JSON.generate(is) == value
           else is == (value == "1")
           end
    abort "#{part}: #{is.inspect} in #{record}" unless same
    name
  end
  abort "other fields: #{line}" unless found.keys == names
  records += 1
end
puts "#{records} records, #{fields} fields, 0 left out"
