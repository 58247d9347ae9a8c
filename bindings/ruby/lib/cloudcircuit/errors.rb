# frozen_string_literal: true

module Cloudcircuit
  # What every exception of this gem is. Each status of the library has a class of its own below it, named after the
  # status: CLOUDCIRCUIT_ERR_BUDGET_LIMIT raises BudgetLimitError. The message is the library's: it names the argument
  # and the rule that it broke.
  class Error < StandardError
    # The status of each class below; none here.
    STATUS = nil

    # @return [Integer] the library's status
    attr_reader :status
    # @return [Integer, nil] of a call on several ledgers: the place of the one that the error is about
    attr_reader :failed_at

    # @param message [String, nil] the library's when nil
    # @param status [Integer]
    def initialize(message = nil, status: self.class::STATUS)
      @status = status
      super(message || (status && Library.status_message(status)))
    end

    # @return [String] the name of the status's constant in C
    def status_name
      status && Library.status_name(status)
    end

    # The audit line of the refused call: the status, the rule that refused and the settings.
    #
    # @return [String, nil] nil for a call that has no record
    def record
      @result && Record.write(@result::RECORD, status, @settings, nil)
    end

    # What {Cloudcircuit.evaluate_guard} makes of the refused call.
    #
    # @return [Signal, nil] nil for a call that is no signal
    def signal
      Signal.from(@result::SIGNAL, status, nil) if @result && @result < Signalling
    end

    # Raises unless a status is CLOUDCIRCUIT_OK. One that the gem does not know is an Error itself. The class of the
    # result and the packed settings are for the record of the refused call.
    #
    # @api private
    def self.check(status, result = nil, settings = nil, failed_at = nil)
      return if status.zero?

      raise CLASSES.fetch(status, self).new(status: status).refused(result, settings, failed_at)
    end

    # @api private
    def refused(result, settings, failed_at)
      @result = result
      @settings = settings
      @failed_at = failed_at
      self
    end

    # Statuses are gapped by group; all are below 1000.
    CLASSES = (1...1000).each_with_object({}) do |status, classes|
      name = Library.status_name(status)
      next unless name.start_with?("CLOUDCIRCUIT_ERR_")

      words = name.delete_prefix("CLOUDCIRCUIT_ERR_").split("_")
      error = Class.new(self) { const_set(:STATUS, status) }
      classes[status] = Cloudcircuit.const_set("#{words.map(&:capitalize).join}Error", error)
    end.freeze
    private_constant :CLASSES
  end
end
