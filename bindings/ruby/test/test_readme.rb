# frozen_string_literal: true

require_relative "helper"

class TestReadme < Minitest::Test
  def test_the_example_prints_what_it_says
    text = File.read(File.expand_path("../README.md", __dir__))
    code, expected = text.match(/^```ruby\n(.*?)^```\n\nprints\n\n```\n(.*?)^```$/m).captures
    printed, = capture_io { eval(code, TOPLEVEL_BINDING.dup, "README.md") }
    assert_equal expected, printed
  end
end
