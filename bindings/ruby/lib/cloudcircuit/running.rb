# frozen_string_literal: true

module Cloudcircuit
  # What the block forms raise when a safeguard refuses: no error of the library's, but its answer. A block form whose
  # block raises one counts the call as one that did not run.
  class Refused < StandardError
  end

  # Runs the block of a block form and says how it ended.
  #
  # @api private
  module Running
    # @param ended [#call] gets :success when the block ended, or was left by return or break; :failure and the
    #   StandardError that it raised; else :ignored, for example after an interrupt
    # @return what the block returns
    def self.run(ended)
      outcome = error = nil
      yield.tap { outcome = :success }
    rescue StandardError => e
      outcome = e.is_a?(Refused) ? :ignored : :failure
      error = e
      raise
    rescue Exception # rubocop:disable Lint/RescueException -- raised again
      outcome = :ignored
      raise
    ensure
      ended.call(outcome || left, error)
    end

    # How a block was left that neither ended nor raised. Ruby does not say by what. A killed thread is not done, and
    # a Timeout around the call leaves by a throw before Ruby 3.3: in one, return and break count as that, too.
    def self.left
      timed = caller_locations.any? { |frame| frame.label == "timeout" && frame.path.end_with?("/timeout.rb") }
      timed || Thread.current.status == "aborting" ? :ignored : :success
    end
    private_class_method :left
  end
  private_constant :Running
end
