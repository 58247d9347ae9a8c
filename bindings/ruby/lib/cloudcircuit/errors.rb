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

    # Raises unless a status is CLOUDCIRCUIT_OK. One that the gem does not know is an Error itself.
    #
    # @api private
    def self.check(status)
      raise CLASSES.fetch(status, self).new(status: status) unless status.zero?
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
